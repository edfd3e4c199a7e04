import type { CompletionKind } from "./completionValues.js";

/** A command and what completes its words. */
export interface CompletionCommand {
  name: string;
  description: string;
  /** Options and choices of arguments. */
  words: string[];
  takesFile: boolean;
  /** Values of the service for its arguments. */
  arguments: CompletionKind[];
  /** Options with known values: choices, or values of the service. */
  options: { flags: string[]; choices: string[]; kind: CompletionKind | undefined }[];
}

/** Options before a command, which take a value. */
const GLOBAL_OPTIONS = ["--url", "--patience"];

/** The shell's words for the values of an option. @param read a command substitution of the values of a kind */
const optionValues = (
  { choices, kind }: CompletionCommand["options"][number],
  read: (kind: CompletionKind) => string,
): string => [...choices, ...(kind === undefined ? [] : [read(kind)])].join(" ");

const bashValues = (kind: CompletionKind): string => `$(_ewms_values ${kind})`;

function bashCase({ name, words, takesFile, arguments: kinds, options }: CompletionCommand): string {
  const ofOptions = options.map(
    (option) =>
      `        ${option.flags.join("|")}) COMPREPLY=($(compgen -W "${optionValues(option, bashValues)}" -- "$word")); return ;;\n`,
  );
  const byOption = ofOptions.length === 0 ? "" : `      case $previous in\n${ofOptions.join("")}      esac\n`;
  const values =
    kinds.length === 0 ? "" : `      case $word in -*) ;; *) values="${kinds.map(bashValues).join(" ")}" ;; esac\n`;
  const file = takesFile ? " -f" : "";
  return `    ${name})\n${byOption}${values}      COMPREPLY=($(compgen -W "${words.join(" ")} $values"${file} -- "$word")) ;;\n`;
}

/** The script of bash. It reads the line itself: bash splits an address into words at its colons. */
export const bashScript = (commands: CompletionCommand[]): string => `_ewms_values() {
  ewms "\${_ewms_url[@]}" --patience 0 completion-values "$1" 2>/dev/null
}
_ewms() {
  local line=\${COMP_LINE:-\${COMP_WORDS[*]}} word=\${COMP_WORDS[COMP_CWORD]} command= values= i
  local -a words _ewms_url=()
  line=\${line:0:\${COMP_POINT:-\${#line}}}
  read -ra words <<< "$line"
  case $line in *[[:space:]]) words+=("") ;; esac
  local last=$((\${#words[@]} - 1))
  local previous=\${words[last-1]}
  for ((i = 1; i < last; i++)); do
    case \${words[i]} in
      --url) _ewms_url=(--url "\${words[i+1]}"); i=$((i + 1)) ;;
      --patience) i=$((i + 1)) ;;
      -*) ;;
      *) command=\${words[i]}; break ;;
    esac
  done
  for ((; i < last - 1; i++)); do
    case \${words[i]} in --url) _ewms_url=(--url "\${words[i+1]}") ;; esac
  done
  COMPREPLY=()
  case $previous in ${GLOBAL_OPTIONS.join("|")}) return ;; esac
  case $command in
    "") COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(" ")} ${GLOBAL_OPTIONS.join(" ")} --help --version" -- "$word")) ;;
${commands.map(bashCase).join("")}  esac
}
complete -F _ewms ewms
`;

const zshValues = (kind: CompletionKind): string => `\${(f)"$(_ewms_values ${kind})"}`;

function zshCase({ name, words, takesFile, arguments: kinds, options }: CompletionCommand): string {
  const ofOptions = options.map(
    (option) => `        ${option.flags.join("|")}) compadd -- ${optionValues(option, zshValues)}; return ;;\n`,
  );
  const byOption = ofOptions.length === 0 ? "" : `      case $words[CURRENT-1] in\n${ofOptions.join("")}      esac\n`;
  const values =
    kinds.length === 0 ? "" : `      [[ $words[CURRENT] == -* ]] || compadd -- ${kinds.map(zshValues).join(" ")}\n`;
  return `    ${name})\n${byOption}${values}      compadd -- ${words.join(" ")}${takesFile ? "; _files" : ""} ;;\n`;
}

/** The script of zsh. */
export const zshScript = (commands: CompletionCommand[]): string => `#compdef ewms
_ewms_values() {
  ewms $_ewms_url --patience 0 completion-values $1 2>/dev/null
}
_ewms() {
  local command='' i
  local -a commands _ewms_url
  for ((i = 2; i < CURRENT; i++)); do
    case $words[i] in
      --url) _ewms_url=(--url $words[i+1]); i=$((i + 1)) ;;
      --patience) i=$((i + 1)) ;;
      -*) ;;
      *) [[ -n $command ]] || command=$words[i] ;;
    esac
  done
  case $words[CURRENT-1] in ${GLOBAL_OPTIONS.join("|")}) return ;; esac
  commands=(
${commands.map(({ name, description }) => `    '${name}:${description.replaceAll("'", "'\\''").replaceAll(":", "\\:")}'`).join("\n")}
  )
  case $command in
    '') _describe command commands; compadd -- ${GLOBAL_OPTIONS.join(" ")} ;;
${commands.map(zshCase).join("")}  esac
}
if [ "$funcstack[1]" = _ewms ]; then _ewms "$@"; else compdef _ewms ewms; fi
`;

const fishValues = (kind: CompletionKind): string => `(__ewms_values ${kind})`;

function fishLines({ name, words, takesFile, arguments: kinds, options }: CompletionCommand): string[] {
  const condition = `complete -c ewms -n '__fish_seen_subcommand_from ${name}'`;
  return [
    `${condition}${takesFile ? " -F" : ""} -a '${[...words, ...kinds.map(fishValues)].join(" ")}'`,
    ...options.map(({ flags, ...option }) => {
      const names = flags.map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
      return `${condition} ${names.join(" ")} -x -a '${optionValues({ flags, ...option }, fishValues)}'`;
    }),
  ];
}

/** The script of fish. */
export const fishScript = (commands: CompletionCommand[]): string => {
  const noCommand = `not __fish_seen_subcommand_from ${commands.map(({ name }) => name).join(" ")}`;
  return [
    "function __ewms_values",
    "  set -l tokens (commandline -opc)",
    "  set -l url",
    "  for i in (seq 2 (math (count $tokens) - 1))",
    '    test "$tokens[$i]" = --url; and set url --url $tokens[(math $i + 1)]',
    "  end",
    "  ewms $url --patience 0 completion-values $argv 2>/dev/null",
    "end",
    "complete -c ewms -f",
    ...GLOBAL_OPTIONS.map((option) => `complete -c ewms -l ${option.slice(2)} -x`),
    ...commands.map(
      ({ name, description }) =>
        `complete -c ewms -n '${noCommand}' -a ${name} -d '${description.replaceAll("'", "\\'")}'`,
    ),
    ...commands.flatMap(fishLines),
    "",
  ].join("\n");
};
