/** The exit codes of `ewms-admin`; documented in `--help` and docs/operations/transfer.md. */
export const EXIT_CODE = {
  ok: 0,
  /** An error, rejected workflows, or differences. */
  failure: 1,
  /** An invalid command, setting or file. */
  usage: 2,
  /** Redis or MongoDB cannot be reached. */
  unreachable: 5,
  interrupted: 130,
} as const;

/** The exit codes, as `--help` shows them. */
export const EXIT_CODES_HELP = `Exit codes:
  0    success
  1    failure: an error, rejected workflows, or differences
  2    invalid command, setting or file
  5    Redis or MongoDB unreachable
  130  interrupted: run the same command again, and it continues`;

/** Ends a command with one sentence and an exit code. */
export class AdminError extends Error {
  override name = "AdminError";
  readonly exitCode: number;

  constructor(exitCode: number, sentence: string) {
    super(sentence);
    this.exitCode = exitCode;
  }
}
