/**
 * Shows that something long goes on: one line that becomes a tick, or two plain lines when nobody watches. On stderr, as
 * stdout belongs to the verb.
 *
 * @template T
 * @param {string} label
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withProgress(label, work) {
  const { stderr } = process;
  const isLive = stderr.isTTY && process.env['TERM'] !== 'dumb';
  const from = Date.now();
  const seconds = () => ((Date.now() - from) / 1000).toFixed(0);
  const draw = () => stderr.write(`\r\x1b[2K· ${label} … ${seconds()} s`);
  if (!isLive) stderr.write(`caviar: ${label} …\n`);
  const timer = isLive ? setInterval(draw, 1000) : undefined;
  if (isLive) draw();
  try {
    const result = await work();
    stderr.write(isLive ? `\r\x1b[2K✓ ${label} (${seconds()} s)\n` : `caviar: ${label}: done in ${seconds()} s\n`);
    return result;
  } catch (error) {
    stderr.write(isLive ? `\r\x1b[2K✗ ${label} (${seconds()} s)\n` : '');
    throw error;
  } finally {
    clearInterval(timer);
  }
}
