/** Whether a path belongs to a view of the page. The page itself routes the rest of the path. */
export const isPagePath = (path: string): boolean => /^\/(?:(?:workflows|schedds)(?:\/.*)?)?$/.test(path);
