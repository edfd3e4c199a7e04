import { useEffect, useState } from "preact/hooks";
import { fetchLocations } from "../api/apiRequests.ts";
import type { ClusterLocation } from "../api/apiTypes.ts";

/** The cluster locations that a request may name; empty until they are loaded, or if that fails. */
export function useLocations(): readonly ClusterLocation[] {
  const [locations, setLocations] = useState<readonly ClusterLocation[]>([]);
  useEffect(() => {
    const disposal = new AbortController();
    fetchLocations(disposal.signal).then(
      (response) => setLocations(response.locations),
      // The user can type a location nevertheless.
      () => undefined,
    );
    return () => disposal.abort();
  }, []);
  return locations;
}

/** A location with its access point, and whether its TMS is silent; the name alone if nothing is known of it. */
export function describeLocation(locations: readonly ClusterLocation[], name: string): string {
  const known = locations.find(({ location }) => location === name);
  if (known === undefined) return name;
  return `${name}: ${known.schedd}${known.is_polling ? "" : ", no TMS polls"}`;
}
