/** The icons of the buttons of a job whose actions `permissions.ts` refuses. The board has no option for single buttons. */
const JOB_ICONS = ["files", "pencil", "arrow-up-down", "clock", "list-x"];
/** The same for the menu of a queue: *Add job*, *Set concurrency*, *Set rate limit*. */
const MENU_ICONS = ["plus", "chart-no-axes-gantt", "gauge"];

const listIcons = (names: readonly string[]): string => names.map((name) => `svg.lucide-${name}`).join();

/**
 * A style element that hides the buttons whose actions are always refused. It matches names of bull-board's page: if a
 * later version changes them, the buttons appear again, and are refused as before.
 */
const HIDE_REFUSED_BUTTONS =
  '<style id="refused-buttons">' +
  `ul[class*="jobActions"]>li:has(${listIcons(JOB_ICONS)}),[role=menuitem]:has(${listIcons(MENU_ICONS)}){display:none}` +
  "</style>";

/** Adds the style to the board's page. */
export const hideRefusedButtons = (html: string): string => html.replace("</head>", `${HIDE_REFUSED_BUTTONS}</head>`);
