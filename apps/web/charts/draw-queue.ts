/** Drawings that wait, one for each picture: a newer one takes the place of an older. */
const waiting = new Map<object, () => void>();
let isRunning = false;

/** Draws a picture soon: one a frame, so that many pictures on a page never keep it from answering together. */
export function drawSoon(picture: object, draw: () => void): void {
  waiting.set(picture, draw);
  if (isRunning) return;
  isRunning = true;
  later();
}

export function forget(picture: object): void {
  waiting.delete(picture);
}

function later(): void {
  // After the frame, which is thus shown first. A tab in the background has no frames, and draws all the same.
  const go = () => setTimeout(next);
  if (document.visibilityState === 'hidden') go();
  else requestAnimationFrame(go);
}

function next(): void {
  const [first] = waiting;
  if (first === undefined) {
    isRunning = false;
    return;
  }
  const [picture, draw] = first;
  waiting.delete(picture);
  try {
    draw();
  } finally {
    later();
  }
}
