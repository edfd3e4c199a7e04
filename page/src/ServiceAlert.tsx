import { fetchServiceDiagnosis } from "./api/apiRequests.ts";
import { useRefreshable } from "./live/useRefreshable.ts";
import { FindingList } from "./parts/Findings.tsx";

/** What hinders the service as a whole. The views of schedds show their own findings. */
export function ServiceAlert() {
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
