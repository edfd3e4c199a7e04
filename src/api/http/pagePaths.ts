/** Whether an address without its query is one of the page's views. The rest of it is the page's own business. */
export const isPagePath = (path: string): boolean => /^\/(?:(?:workflows|schedds)(?:\/.*)?)?$/.test(path);
