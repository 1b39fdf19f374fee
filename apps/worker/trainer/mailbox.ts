/** Messages that have come and wait to be taken, in order. */
export interface Mailbox<Message> {
  put(message: Message): void;
  /** The next one, as soon as there is one. */
  take(): Promise<Message>;
  /** Throws away what waits. */
  clear(): void;
}

export function createMailbox<Message>(): Mailbox<Message> {
  const waiting: Message[] = [];
  let wake = () => {};
  return {
    put(message) {
      waiting.push(message);
      wake();
    },
    async take() {
      while (waiting.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return waiting.shift()!;
    },
    clear() {
      waiting.length = 0;
    },
  };
}
