import { Argument, type Command } from "commander";
import { print } from "./terminal.js";

/** Makes the command `completion`. It must be added last: it knows the commands before it. */
export function addCompletion(program: Command): void {
  program
    .command("completion")
    .description("print what makes a shell complete this command")
    .addArgument(new Argument("<shell>").choices(["bash", "zsh", "fish"]))
    .addHelpText(
      "after",
      `
Examples:
  ewms completion bash > ~/.local/share/bash-completion/completions/ewms
  ewms completion zsh > ~/.zfunc/_ewms        # a folder of your fpath
  ewms completion fish > ~/.config/fish/completions/ewms.fish`,
    )
    .action((shell: keyof typeof SCRIPTS) => print(SCRIPTS[shell](wordsOf(program)).trimEnd()));
}

/** What can follow a command's name. */
interface Words {
  name: string;
  description: string;
  /** Options and the choices of arguments. */
  words: string[];
  /** Whether it takes a file. */
  file: boolean;
}

const wordsOf = (program: Command): Words[] =>
  program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    words: [
      ...command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices),
      ...[...command.options, ...program.options].flatMap(({ long }) => long ?? []),
      "--help",
    ],
    file: command.registeredArguments.some((argument) => argument.name() === "file"),
  }));

const names = (commands: Words[]): string => commands.map(({ name }) => name).join(" ");

const SCRIPTS = {
  bash: (commands: Words[]): string => `_ewms() {
  local word=\${COMP_WORDS[COMP_CWORD]}
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${names(commands)} --help --version" -- "$word"))
    return
  fi
  case \${COMP_WORDS[1]} in
${commands
  .map(
    ({ name, words, file }) =>
      `    ${name}) COMPREPLY=($(compgen -W "${words.join(" ")}"${file ? " -f" : ""} -- "$word")) ;;`,
  )
  .join("\n")}
  esac
}
complete -F _ewms ewms
`,
  zsh: (commands: Words[]): string => `#compdef ewms
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
  .map(({ name, words, file }) => `    ${name}) compadd -- ${words.join(" ")}${file ? "; _files" : ""} ;;`)
  .join("\n")}
  esac
}
if [ "$funcstack[1]" = _ewms ]; then _ewms "$@"; else compdef _ewms ewms; fi
`,
  fish: (commands: Words[]): string =>
    [
      "complete -c ewms -f",
      ...commands.map(
        ({ name, description }) =>
          `complete -c ewms -n __fish_use_subcommand -a ${name} -d '${description.replaceAll("'", "\\'")}'`,
      ),
      ...commands.map(
        ({ name, words, file }) =>
          `complete -c ewms -n '__fish_seen_subcommand_from ${name}'${file ? " -F" : ""} -a '${words.join(" ")}'`,
      ),
      "",
    ].join("\n"),
} as const;
