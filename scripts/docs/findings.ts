import { FINDING_RULES } from "../../src/domain/diagnosis.js";

/** `docs/operations/findings.md`: every finding of a diagnosis with its meaning and remedy. */
export const renderFindingsPage = (): string => `# Findings

For users and operators who read a diagnosis: what each finding means and what to do. \`npm run docs\` generates the page
from the table in \`src/domain/diagnosis.ts\`. API, command line, page, metrics and alerts use the same codes.

\`\`\`sh
ewms why WF-6b055875-627b889b    # a workflow, or a taskforce; without an id, the service as a whole
curl -s $W/workflows/$WF/diagnosis
\`\`\`

The most important finding comes first, in the order below.

- **error**: nothing proceeds until a person acts.
- **warning**: something goes wrong and needs attention.
- **info**: the normal course.

${Object.entries(FINDING_RULES)
  .map(
    ([code, { severity, meaning, action }]) =>
      `## ${code}\n\n**${severity}.** ${meaning}${action === null ? "" : `\n\n${action}`}\n`,
  )
  .join("\n")}`;
