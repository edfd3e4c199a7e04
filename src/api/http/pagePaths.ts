/** Whether a path belongs to a view of the page at `/`. The page itself routes the rest of the path. */
export const isPagePath = (path: string): boolean =>
  /^\/(?:(?:workflows|schedds|system|notifications|submit)(?:\/.*)?)?$/.test(path);

/** Whether a path is a page for people: a view, the API's documentation or an operator page. */
export const isPathForPeople = (path: string): boolean => isPagePath(path) || /^\/(?:docs|admin)(?:\/.*)?$/.test(path);
