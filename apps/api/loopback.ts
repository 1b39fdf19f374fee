/** Whether a host name or address is this machine's own: `localhost`, 127.0.0.0/8 or ::1. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  return name === 'localhost' || name.endsWith('.localhost') || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name);
}

/** The address outside this machine that a host name leads to; null when there is none. Names can be made to lead anywhere. */
export async function addressElsewhere(
  host: string,
  resolve: (name: string) => Promise<readonly { readonly address: string }[]>,
): Promise<string | null> {
  const addresses = await resolve(host.replace(/^\[(.*)\]$/, '$1'));
  return addresses.find(({ address }) => !isLoopback(address))?.address ?? null;
}
