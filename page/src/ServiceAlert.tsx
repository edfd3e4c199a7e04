import { useLocation } from "preact-iso";
import { fetchServiceDiagnosis } from "./api/apiRequests.ts";
import { useRefreshable } from "./live/useRefreshable.ts";
import { FindingList } from "./parts/Findings.tsx";
import { pathWithinService } from "./paths/basePath.ts";

/** What hinders the service as a whole, on every view but *System*, which shows it in full. */
export const ServiceAlert = () => (pathWithinService(useLocation().path) === "/system" ? null : <PolledAlert />);

/** The views of schedds show their own findings. */
function PolledAlert() {
  const diagnosis = useRefreshable(fetchServiceDiagnosis, "service").value.value;
  const findings = diagnosis?.findings.filter(
    ({ subject, severity }) => subject.kind !== "schedd" && severity !== "info",
  );
  return findings === undefined || findings.length === 0 ? null : (
    <div class="alert" role="alert">
      <FindingList findings={findings} />
    </div>
  );
}
