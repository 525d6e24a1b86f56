import { Argument, type Command } from "commander";

const SHELLS = ["bash", "zsh", "fish"] as const;
type Shell = (typeof SHELLS)[number];

/** What may follow a command: other commands, options, and values of options that have a fixed choice. */
interface Node {
	/** Its name and those before it, with spaces between; empty for `cascade` itself. */
	readonly path: string;
	readonly commands: readonly { readonly name: string; readonly description: string }[];
	readonly options: readonly {
		readonly flag: string;
		readonly description: string;
		readonly takesValue: boolean;
		readonly choices: readonly string[];
	}[];
	/** Choices of its first argument. */
	readonly choices: readonly string[];
}

/** `cascade completion SHELL`. */
export function registerCompletion(program: Command): void {
	program
		.command("completion")
		.description("print a script that completes commands and options: source <(cascade completion bash)")
		.addArgument(new Argument("<shell>", "your shell").choices(SHELLS))
		.action((shell: Shell) => {
			process.stdout.write(completionScript(program, shell));
		});
}

/** The script, made of the commands as they are. It runs nothing, so completing is instant and needs no key. */
export function completionScript(program: Command, shell: Shell): string {
	const nodes = nodesOf(program, "");
	switch (shell) {
		case "bash":
			return bashScript(nodes);
		case "zsh":
			// zsh runs bash's functions, once it is told to.
			return `autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n${bashScript(nodes)}`;
		case "fish":
			return fishScript(nodes);
	}
}

function nodesOf(command: Command, path: string): Node[] {
	const helper = command.createHelp();
	const commands = helper.visibleCommands(command).filter((each) => each.name() !== "help");
	const node: Node = {
		path,
		commands: commands.map((each) => ({ name: each.name(), description: each.description() })),
		options: helper.visibleOptions(command).map((option) => ({
			flag: option.long ?? option.short ?? "",
			description: option.description,
			takesValue: option.required || option.optional,
			choices: option.argChoices ?? [],
		})),
		choices: command.registeredArguments[0]?.argChoices ?? [],
	};
	return [node, ...commands.flatMap((each) => nodesOf(each, path === "" ? each.name() : `${path} ${each.name()}`))];
}

/**
 * Walks the words before the cursor to the command that they name, passing over options and their values, and offers
 * what that command takes. Where it takes anything, such as a file, the shell's own completion follows.
 */
function bashScript(nodes: readonly Node[]): string {
	const words = (path: string, list: readonly string[]) => `\t\t${quoted(path)}) echo ${quoted(list.join(" "))} ;;\n`;
	const withValue = nodes.flatMap(({ path, options }) =>
		options
			.filter(({ takesValue }) => takesValue)
			.map(({ flag, choices }) => ({ path: `${path} ${flag}`.trim(), choices })),
	);
	return `# Completes cascade's commands and options in bash.
_cascade_commands() {
	case "$1" in
${nodes.map(({ path, commands, choices }) => words(path, [...commands.map(({ name }) => name), ...choices])).join("")}	esac
}
_cascade_options() {
	case "$1" in
${nodes
	.map(({ path, options }) =>
		words(
			path,
			options.map(({ flag }) => flag),
		),
	)
	.join("")}	esac
}
# Fails where the option takes no value; prints the values where they are fixed.
_cascade_values() {
	case "$1" in
${withValue.map(({ path, choices }) => words(path, choices)).join("")}		*) return 1 ;;
	esac
}
_cascade() {
	local current="\${COMP_WORDS[COMP_CWORD]}" reached="" option="" word="" index=1
	COMPREPLY=()
	while [ "$index" -lt "$COMP_CWORD" ]; do
		word="\${COMP_WORDS[index]}"
		if [ -n "$option" ]; then
			option=""
		elif [ "\${word#-}" != "$word" ]; then
			if _cascade_values "\${reached:+$reached }$word" > /dev/null; then option="$word"; fi
		elif [[ " $(_cascade_commands "$reached") " == *" $word "* ]]; then
			reached="\${reached:+$reached }$word"
		fi
		index=$((index + 1))
	done
	if [ -n "$option" ]; then
		COMPREPLY=($(compgen -W "$(_cascade_values "\${reached:+$reached }$option")" -- "$current"))
	elif [ "\${current#-}" != "$current" ]; then
		COMPREPLY=($(compgen -W "$(_cascade_options "$reached")" -- "$current"))
	else
		COMPREPLY=($(compgen -W "$(_cascade_commands "$reached")" -- "$current"))
	fi
}
complete -o default -F _cascade cascade
`;
}

/** What is offered is bound to the command that the words before the cursor name, by walking down to it. */
function fishScript(nodes: readonly Node[]): string {
	const lines = nodes.flatMap(({ path, commands, options, choices }) => {
		const begin = `complete -c cascade -n ${quoted(`__cascade_at ${path}`.trim())}`;
		return [
			...commands.map(({ name, description }) => `${begin} -f -a ${name} -d ${quoted(description)}`),
			...choices.map((choice) => `${begin} -f -a ${choice}`),
			...options.map(({ flag, description, takesValue, choices: values }) => {
				const value = !takesValue ? "" : values.length === 0 ? " -r" : ` -x -a ${quoted(values.join(" "))}`;
				return `${begin} -l ${flag.replace(/^-+/u, "")}${value} -d ${quoted(description)}`;
			}),
		];
	});
	const paths = nodes.filter(({ path }) => path !== "").map(({ path }) => quoted(path));
	return `# Completes cascade's commands and options in fish.
function __cascade_at
	set -l reached
	for word in (commandline -opc)[2..-1]
		if contains -- (string trim "$reached $word") ${paths.join(" ")}
			set -a reached $word
		end
	end
	test "$reached" = "$argv"
end
${lines.join("\n")}
`;
}

/** In single quotes, which every one of the shells reads alike but for the quote itself. */
function quoted(text: string): string {
	return `'${text.replaceAll("'", "’")}'`;
}
