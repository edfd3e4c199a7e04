import { LocationProvider, Route, Router, useLocation } from "preact-iso";
import { ConnectionAlert, ConnectionStatus } from "./ConnectionStatus.tsx";
import { SvgPatterns } from "./parts/Bars.tsx";
import { EmptyNotice } from "./parts/Notices.tsx";
import { View } from "./parts/View.tsx";
import { ServiceAlert } from "./ServiceAlert.tsx";
import { ScheddsView, ScheddView } from "./views/ScheddViews.tsx";
import { SystemView } from "./views/SystemView.tsx";
import { WorkflowsView } from "./views/WorkflowsView.tsx";
import { WorkflowView } from "./views/WorkflowView.tsx";

/** Paths of this page's views; the browser loads all other links. */
const PAGE_ROUTES = /^\/(?:(?:workflows|schedds|system)(?:\/.*)?)?(?:\?.*)?$/;

/** Reads data about the operator that the service puts into the document. */
const readMetaContent = (name: string): string | undefined =>
  document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content;

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
      <div id="content">
        <Router>
          <Route path="/" component={WorkflowsView} />
          <Route path="/workflows" component={WorkflowsView} />
          <Route path="/workflows/:id" component={WorkflowView} />
          <Route path="/schedds" component={ScheddsView} />
          <Route path="/schedds/:name" component={ScheddView} />
          <Route path="/system" component={SystemView} />
          <Route default component={NotFound} />
        </Router>
      </div>
    </LocationProvider>
  );
}

function Header() {
  const { path } = useLocation();
  const view = /^\/(schedds|system)/.exec(path)?.[1] ?? "workflows";
  const current = (name: string) => (view === name ? "page" : undefined);
  const operator = readMetaContent("operator");
  const signOutUrl = readMetaContent("exit");
  return (
    <header class="top">
      <a class="brand" href="/">
        EWMS
      </a>
      <nav aria-label="Views">
        <a href="/" aria-current={current("workflows")}>
          Workflows
        </a>
        <a href="/schedds" aria-current={current("schedds")}>
          Schedds
        </a>
        <a href="/system" aria-current={current("system")}>
          System
        </a>
        <a href="/admin/queues">Queues</a>
        <a href="/docs/">API</a>
      </nav>
      <ConnectionStatus />
      {operator && operator !== "localhost" && <span class="quiet-text">{operator}</span>}
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
          <a href="/">All workflows</a>
        </p>
      </EmptyNotice>
    </View>
  );
}
