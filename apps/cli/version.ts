/** Of this program; that of the service may be another. */
export const VERSION = '0.1.0';
