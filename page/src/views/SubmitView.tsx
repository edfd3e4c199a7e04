import { useEffect, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { ErrorNotice, LoadingNotice } from "../parts/Notices.tsx";
import { View } from "../parts/View.tsx";
import { mayChangeWorkflows } from "../session/permissions.ts";

type SubmitModule = typeof import("../submit/SubmitForm.tsx");

/** The view in which people write, check and submit a workflow. Its code is loaded on first use. */
export function SubmitView() {
  const { clone } = useLocation().query;
  const [loaded, setLoaded] = useState<SubmitModule>();
  const [error, setError] = useState<Error>();
  useEffect(() => {
    if (mayChangeWorkflows) import("../submit/SubmitForm.tsx").then(setLoaded, setError);
  }, []);
  return (
    <View title="Submit a workflow">
      {!mayChangeWorkflows && <p>This needs the role user or operator.</p>}
      {error && <ErrorNotice error={error} />}
      {mayChangeWorkflows && loaded === undefined && !error && <LoadingNotice what="the editor" />}
      {loaded && <loaded.SubmitForm key={clone ?? ""} clone={clone} />}
    </View>
  );
}
