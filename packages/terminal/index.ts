export { bar } from './bar.js';
export { columnsOf, harmless } from './cells.js';
export { createScreen, type Output, type Screen } from './screen.js';
export { fit, type Style, styleFor } from './style.js';
export { type Column, table } from './table.js';
