/** Networks of trials that somebody has asked for, as safetensors. They can be trained again: a store may drop them. */
export interface ModelStore {
  find(trialId: string): Promise<Uint8Array | null>;
  /** Stores a network, and drops all but the newest `atMost` of its search. */
  keep(trialId: string, data: Uint8Array, atMost: number): Promise<void>;
}
