import type { Arena } from '../arena.js';
import type { ColumnSums, Epilogue, Gather, Gemm, GemmTransposed, PanelWidth, Transpose } from '../kernels.js';

/** Tile of four rows by four columns held in local variables. Sums are kept in double precision and rounded once. */
export function scalarGemm({ floats: f }: Arena, inWidth: PanelWidth, outWidth: PanelWidth, epilogue: Epilogue): Gemm {
  return (a, aStride, panels, tail, w, wStride, outPanels, c, cStride, bias, rows, aux) => {
    for (let p = 0; p < outPanels; p++) {
      for (let column = 0; column < outWidth; column += 4) {
        const b = bias === 0 ? 0 : bias + p * outWidth + column;
        for (let r = 0; r < rows; r += 4) {
          const out = c + p * cStride + r * outWidth + column;
          let c00 = f[b]!;
          let c01 = f[b + 1]!;
          let c02 = f[b + 2]!;
          let c03 = f[b + 3]!;
          let c10 = c00;
          let c11 = c01;
          let c12 = c02;
          let c13 = c03;
          let c20 = c00;
          let c21 = c01;
          let c22 = c02;
          let c23 = c03;
          let c30 = c00;
          let c31 = c01;
          let c32 = c02;
          let c33 = c03;
          let wAt = w + p * wStride + column;
          for (let q = 0; q <= panels; q++) {
            const depth = q < panels ? inWidth : tail;
            let aAt = a + q * aStride + r * inWidth;
            for (let k = 0; k < depth; k++) {
              const w0 = f[wAt]!;
              const w1 = f[wAt + 1]!;
              const w2 = f[wAt + 2]!;
              const w3 = f[wAt + 3]!;
              const a0 = f[aAt]!;
              c00 += a0 * w0;
              c01 += a0 * w1;
              c02 += a0 * w2;
              c03 += a0 * w3;
              const a1 = f[aAt + inWidth]!;
              c10 += a1 * w0;
              c11 += a1 * w1;
              c12 += a1 * w2;
              c13 += a1 * w3;
              const a2 = f[aAt + 2 * inWidth]!;
              c20 += a2 * w0;
              c21 += a2 * w1;
              c22 += a2 * w2;
              c23 += a2 * w3;
              const a3 = f[aAt + 3 * inWidth]!;
              c30 += a3 * w0;
              c31 += a3 * w1;
              c32 += a3 * w2;
              c33 += a3 * w3;
              wAt += outWidth;
              aAt++;
            }
          }
          f[out] = c00;
          f[out + 1] = c01;
          f[out + 2] = c02;
          f[out + 3] = c03;
          f[out + outWidth] = c10;
          f[out + outWidth + 1] = c11;
          f[out + outWidth + 2] = c12;
          f[out + outWidth + 3] = c13;
          f[out + 2 * outWidth] = c20;
          f[out + 2 * outWidth + 1] = c21;
          f[out + 2 * outWidth + 2] = c22;
          f[out + 2 * outWidth + 3] = c23;
          f[out + 3 * outWidth] = c30;
          f[out + 3 * outWidth + 1] = c31;
          f[out + 3 * outWidth + 2] = c32;
          f[out + 3 * outWidth + 3] = c33;
        }
      }
      const start = c + p * cStride;
      const end = start + rows * outWidth;
      // Math.max keeps NaN, so that a diverged run is noticed.
      if (epilogue === 'relu') for (let i = start; i < end; i++) f[i] = Math.max(f[i]!, 0);
      if (epilogue === 'reluMask') for (let i = start; i < end; i++) if (!(f[i + aux]! > 0)) f[i] = 0;
    }
  };
}

export function scalarGemmTransposed({ floats: f }: Arena, outWidth: PanelWidth): GemmTransposed {
  return (a, aStride, depth, d, dStride, outPanels, g, gStride, rows) => {
    for (let p = 0; p < outPanels; p++) {
      for (let column = 0; column < outWidth; column += 4) {
        for (let k = 0; k < depth; k += 4) {
          const out = g + p * gStride + k * outWidth + column;
          let g00 = 0;
          let g01 = 0;
          let g02 = 0;
          let g03 = 0;
          let g10 = 0;
          let g11 = 0;
          let g12 = 0;
          let g13 = 0;
          let g20 = 0;
          let g21 = 0;
          let g22 = 0;
          let g23 = 0;
          let g30 = 0;
          let g31 = 0;
          let g32 = 0;
          let g33 = 0;
          let aAt = a + (k >> 4) * aStride + (k & 15);
          let dAt = d + p * dStride + column;
          for (let r = 0; r < rows; r++) {
            const d0 = f[dAt]!;
            const d1 = f[dAt + 1]!;
            const d2 = f[dAt + 2]!;
            const d3 = f[dAt + 3]!;
            const a0 = f[aAt]!;
            g00 += a0 * d0;
            g01 += a0 * d1;
            g02 += a0 * d2;
            g03 += a0 * d3;
            const a1 = f[aAt + 1]!;
            g10 += a1 * d0;
            g11 += a1 * d1;
            g12 += a1 * d2;
            g13 += a1 * d3;
            const a2 = f[aAt + 2]!;
            g20 += a2 * d0;
            g21 += a2 * d1;
            g22 += a2 * d2;
            g23 += a2 * d3;
            const a3 = f[aAt + 3]!;
            g30 += a3 * d0;
            g31 += a3 * d1;
            g32 += a3 * d2;
            g33 += a3 * d3;
            aAt += 16;
            dAt += outWidth;
          }
          f[out] = g00;
          f[out + 1] = g01;
          f[out + 2] = g02;
          f[out + 3] = g03;
          f[out + outWidth] = g10;
          f[out + outWidth + 1] = g11;
          f[out + outWidth + 2] = g12;
          f[out + outWidth + 3] = g13;
          f[out + 2 * outWidth] = g20;
          f[out + 2 * outWidth + 1] = g21;
          f[out + 2 * outWidth + 2] = g22;
          f[out + 2 * outWidth + 3] = g23;
          f[out + 3 * outWidth] = g30;
          f[out + 3 * outWidth + 1] = g31;
          f[out + 3 * outWidth + 2] = g32;
          f[out + 3 * outWidth + 3] = g33;
        }
      }
    }
  };
}

export function scalarColumnSums({ floats: f }: Arena, width: PanelWidth): ColumnSums {
  return (d, dStride, panels, g, rows) => {
    for (let p = 0; p < panels; p++) {
      for (let column = 0; column < width; column++) {
        let sum = 0;
        const start = d + p * dStride + column;
        for (let r = 0; r < rows; r++) sum += f[start + r * width]!;
        f[g + p * width + column] = sum;
      }
    }
  };
}

export function scalarTranspose({ floats: f }: Arena, outWidth: PanelWidth): Transpose {
  return (w, wStride, depth, outPanels, t, tStride) => {
    for (let p = 0; p < outPanels; p++) {
      for (let k = 0; k < depth; k++) {
        const from = w + p * wStride + k * outWidth;
        const to = t + (k >> 4) * tStride + p * outWidth * 16 + (k & 15);
        for (let column = 0; column < outWidth; column++) f[to + column * 16] = f[from + column]!;
      }
    }
  };
}

export function scalarGather({ floats: f, ints }: Arena): Gather {
  return (x, xStride, index, rows, panels, a, aStride) => {
    for (let r = 0; r < rows; r++) {
      const from = x + ints[index + r]! * xStride;
      for (let p = 0; p < panels; p++) {
        f.copyWithin(a + p * aStride + r * 16, from + p * 16, from + p * 16 + 16);
      }
    }
    const padded = (rows + 3) & ~3;
    for (let p = 0; p < panels; p++) f.fill(0, a + p * aStride + rows * 16, a + p * aStride + padded * 16);
  };
}
