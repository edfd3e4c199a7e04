/** Reads a value that the service puts into the document. */
export const readMetaContent = (name: string): string | undefined =>
  document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content;

/** Path of the service behind a reverse proxy, without a slash at the end; empty: it has none. */
export const basePath = readMetaContent("base-path") ?? "";

/** The address of one of the service's own paths, such as `/docs/`. */
export const hrefOf = (path: string): string => basePath + path;

/** The path within the service of a location in the browser. */
export const pathWithinService = (path: string): string => path.slice(basePath.length) || "/";
