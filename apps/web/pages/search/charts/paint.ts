/** Cells as a picture of a pixel each, in the colours of a scale (`#rrggbb`); what is not known stays transparent. */
export function paint(
  cells: readonly { readonly column: number; readonly row: number; readonly value: number }[],
  {
    size,
    range: [low, high],
    colors,
  }: { readonly size: number; readonly range: readonly [number, number]; readonly colors: readonly string[] },
): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = size;
  canvas.height = size;
  const context = canvas.getContext('2d');
  if (context === null) return canvas;
  const scale = colors.map(channels);
  const picture = context.createImageData(size, size);
  for (const { column, row, value } of cells) {
    const share = Math.min(1, Math.max(0, (value - low) / (high - low)));
    const at = share * (scale.length - 1);
    const below = Math.min(Math.floor(at), scale.length - 2);
    const pixel = 4 * ((size - 1 - row) * size + column);
    for (let channel = 0; channel < 3; channel++) {
      const [from, to] = [scale[below]?.[channel] ?? 0, scale[below + 1]?.[channel] ?? 0];
      picture.data[pixel + channel] = Math.round(from + (at - below) * (to - from));
    }
    picture.data[pixel + 3] = 255;
  }
  context.putImageData(picture, 0, 0);
  return canvas;
}

function channels(color: string): readonly number[] {
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
}
