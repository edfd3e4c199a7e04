import { Argument, type Command } from "commander";
import { formatExamples, type Terminal } from "./terminal.js";

/** Adds the command `completion`, whose scripts contain all commands of the program. */
export function addCompletionCommand(program: Command, terminal: Terminal): void {
  program
    .command("completion")
    .description("print a shell completion script")
    .addArgument(new Argument("<shell>").choices(["bash", "zsh", "fish"]))
    .addHelpText(
      "after",
      formatExamples(
        "ewms completion bash > ~/.local/share/bash-completion/completions/ewms",
        "ewms completion zsh > ~/.zfunc/_ewms        # a folder in your fpath",
        "ewms completion fish > ~/.config/fish/completions/ewms.fish",
      ),
    )
    .action((shell: keyof typeof COMPLETION_SCRIPTS) =>
      terminal.print(COMPLETION_SCRIPTS[shell](completionCommands(program)).trimEnd()),
    );
}

type CompletionCommand = ReturnType<typeof completionCommands>[number];

/** The visible commands and their completions: options, choices of arguments, files, and locations. */
const completionCommands = (program: Command) => {
  const visible = new Set(program.createHelp().visibleCommands(program));
  const commands = program.commands.filter((command) => visible.has(command));
  return commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    words: [
      ...command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices),
      ...[...command.options, ...program.options].flatMap(({ long, hidden }) => (hidden ? [] : (long ?? []))),
      "--help",
    ],
    takesFile: command.registeredArguments.some((argument) => argument.name() === "file"),
    takesLocation: command.options.some(({ long }) => long === "--location"),
  }));
};

/** Prints the names of the locations; see `ewms locations`. */
const LOCATION_NAMES = "ewms locations --names 2>/dev/null";

/** Complete the value of `--location`, and leave all other words to the next command. */
const BASH_LOCATION = `case \${COMP_WORDS[COMP_CWORD-1]} in -l|--location) COMPREPLY=($(compgen -W "$(${LOCATION_NAMES})" -- "$word")); return ;; esac; `;
const ZSH_LOCATION = `case $words[CURRENT-1] in -l|--location) compadd -- \${(f)"$(${LOCATION_NAMES})"}; return ;; esac; `;

const COMPLETION_SCRIPTS = {
  bash: (commands: CompletionCommand[]): string => `_ewms() {
  local word=\${COMP_WORDS[COMP_CWORD]}
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(" ")} --help --version" -- "$word"))
    return
  fi
  case \${COMP_WORDS[1]} in
${commands
  .map(
    ({ name, words, takesFile: file, takesLocation }) =>
      `    ${name}) ${takesLocation ? BASH_LOCATION : ""}COMPREPLY=($(compgen -W "${words.join(" ")}"${file ? " -f" : ""} -- "$word")) ;;`,
  )
  .join("\n")}
  esac
}
complete -F _ewms ewms
`,
  zsh: (commands: CompletionCommand[]): string => `#compdef ewms
_ewms() {
  local -a commands
  commands=(
${commands.map(({ name, description }) => `    '${name}:${description.replaceAll("'", "'\\''").replaceAll(":", "\\:")}'`).join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  case $words[2] in
${commands
  .map(
    ({ name, words, takesFile: file, takesLocation }) =>
      `    ${name}) ${takesLocation ? ZSH_LOCATION : ""}compadd -- ${words.join(" ")}${file ? "; _files" : ""} ;;`,
  )
  .join("\n")}
  esac
}
if [ "$funcstack[1]" = _ewms ]; then _ewms "$@"; else compdef _ewms ewms; fi
`,
  fish: (commands: CompletionCommand[]): string =>
    [
      "complete -c ewms -f",
      ...commands.map(
        ({ name, description }) =>
          `complete -c ewms -n __fish_use_subcommand -a ${name} -d '${description.replaceAll("'", "\\'")}'`,
      ),
      ...commands.map(
        ({ name, words, takesFile: file }) =>
          `complete -c ewms -n '__fish_seen_subcommand_from ${name}'${file ? " -F" : ""} -a '${words.join(" ")}'`,
      ),
      ...commands
        .filter(({ takesLocation }) => takesLocation)
        .map(
          ({ name }) =>
            `complete -c ewms -n '__fish_seen_subcommand_from ${name}' -s l -l location -x -a '(${LOCATION_NAMES})'`,
        ),
      "",
    ].join("\n"),
} as const;
