import { LocationProvider, Route, Router, useLocation } from "preact-iso";
import { ConnectionAlert, ConnectionStatus } from "./ConnectionStatus.tsx";
import { showsUtc, switchTimeZone } from "./live/timeZone.ts";
import { NotificationsView } from "./notifications/NotificationsView.tsx";
import { SvgPatterns } from "./parts/Bars.tsx";
import { EmptyNotice } from "./parts/Notices.tsx";
import { View } from "./parts/View.tsx";
import { basePath, hrefOf, pathWithinService, readMetaContent } from "./paths/basePath.ts";
import { ServiceAlert } from "./ServiceAlert.tsx";
import { Shortcuts } from "./Shortcuts.tsx";
import { isOperator, mayChangeWorkflows, shownRoles } from "./session/permissions.ts";
import { ScheddsView, ScheddView } from "./views/ScheddViews.tsx";
import { SubmitView } from "./views/SubmitView.tsx";
import { SystemView } from "./views/SystemView.tsx";
import { WorkflowsView } from "./views/WorkflowsView.tsx";
import { WorkflowView } from "./views/WorkflowView.tsx";

/** Links to this page's views; the browser loads all others. The base path has no special characters but dots. */
const PAGE_ROUTES = new RegExp(
  `^${basePath.replaceAll(".", "\\.")}/(?:(?:workflows|schedds|system|notifications|submit)(?:/.*)?)?(?:\\?.*)?$`,
);

/** The page: header, alert and the view of the current path. */
export function App() {
  return (
    <LocationProvider scope={PAGE_ROUTES}>
      <SvgPatterns />
      <a class="skip" href="#content">
        Skip to content
      </a>
      <Header />
      <ConnectionAlert />
      <ServiceAlert />
      <Shortcuts />
      <div id="content">
        <Router>
          <Route path={hrefOf("/")} component={WorkflowsView} />
          <Route path={hrefOf("/workflows")} component={WorkflowsView} />
          <Route path={hrefOf("/workflows/:id")} component={WorkflowView} />
          <Route path={hrefOf("/submit")} component={SubmitView} />
          <Route path={hrefOf("/schedds")} component={ScheddsView} />
          <Route path={hrefOf("/schedds/:name")} component={ScheddView} />
          <Route path={hrefOf("/system")} component={SystemView} />
          <Route path={hrefOf("/notifications")} component={NotificationsView} />
          <Route default component={NotFound} />
        </Router>
      </div>
    </LocationProvider>
  );
}

function Header() {
  const { path } = useLocation();
  const view = /^\/(schedds|system|notifications|submit)/.exec(pathWithinService(path))?.[1] ?? "workflows";
  const current = (name: string) => (view === name ? "page" : undefined);
  const person = readMetaContent("signed-in-as");
  const signOutUrl = readMetaContent("exit");
  return (
    <header class="top">
      <a class="brand" href={hrefOf("/")}>
        EWMS
      </a>
      <nav aria-label="Views">
        <a href={hrefOf("/")} aria-current={current("workflows")}>
          Workflows
        </a>
        {mayChangeWorkflows && (
          <a href={hrefOf("/submit")} aria-current={current("submit")}>
            Submit
          </a>
        )}
        <a href={hrefOf("/schedds")} aria-current={current("schedds")}>
          Schedds
        </a>
        <a href={hrefOf("/system")} aria-current={current("system")}>
          System
        </a>
        <a href={hrefOf("/notifications")} aria-current={current("notifications")}>
          Notifications
        </a>
        {isOperator && <a href={hrefOf("/admin/queues")}>Queues</a>}
        <a href={hrefOf("/docs/")}>API</a>
      </nav>
      <ConnectionStatus />
      <button type="button" class="quiet" onClick={switchTimeZone}>
        {showsUtc.value ? "Times in UTC" : "Local times"}
      </button>
      {person && person !== "localhost" && (
        <span class="quiet-text">
          {person}, {shownRoles}
        </span>
      )}
      {signOutUrl && (
        <form method="post" action={signOutUrl}>
          <button type="submit" class="quiet">
            Sign out
          </button>
        </form>
      )}
    </header>
  );
}

function NotFound() {
  return (
    <View title="Not found">
      <EmptyNotice title="Page not found">
        <p>
          <a href={hrefOf("/")}>All workflows</a>
        </p>
      </EmptyNotice>
    </View>
  );
}
