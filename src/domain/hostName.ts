/** A host name, an IPv4 address, or an IPv6 address in brackets; then a port or none. */
const HOST_PATTERN = /^(?:\[([\da-f:.]+)\]|([\w.-]+?)\.?)(?::\d{0,5})?$/i;

/**
 * Returns the name in a value of `Host`, in lower case, without port, brackets and the dot at its end.
 *
 * @returns undefined if the text is not a host with an optional port
 */
export function hostNameOf(host: string): string | undefined {
  const [, address, name] = HOST_PATTERN.exec(host) ?? [];
  return (address ?? name)?.toLowerCase();
}
