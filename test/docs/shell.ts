/**
 * The commands of a shell sample, each a list of words, as a POSIX shell would split them: quotes, backslashes, comments, lines that
 * go on, `&&`, `||`, `;`, `|`, `&`. Redirections and leading assignments are taken away; what stands in `$(…)`, `<(…)` or backquotes becomes
 * commands of its own, and `$(…)` in the word that it stood in. `$NAME` stays as it is written. A quote or bracket that is not
 * closed throws. Loops and conditions are not known: their words become commands.
 */
export function shellCommands(text: string): readonly (readonly string[])[] {
	const commands: string[][] = [];
	let words: string[] = [];
	let word: string | null = null;
	let at = 0;

	const endWord = () => {
		if (word !== null) words.push(word);
		word = null;
	};
	const endCommand = () => {
		endWord();
		const command = withoutAssignments(withoutRedirections(words));
		if (command.length > 0) commands.push(command);
		words = [];
	};
	const add = (more: string) => {
		word = (word ?? "") + more;
	};
	const until = (closing: string, from: number): string => {
		const end = text.indexOf(closing, from);
		if (end === -1) throw new Error(`no ${closing} in: ${text.slice(from - 1, from + 40)}`);
		at = end + closing.length;
		return text.slice(from, end);
	};
	const nested = (from: number): void => {
		let depth = 1;
		let end = from;
		while (depth > 0) {
			if (end >= text.length) throw new Error(`no ) in: ${text.slice(from - 2, from + 40)}`);
			if (text[end] === "(") depth += 1;
			if (text[end] === ")") depth -= 1;
			end += 1;
		}
		commands.push(...shellCommands(text.slice(from, end - 1)).map((each) => [...each]));
		at = end;
	};

	while (at < text.length) {
		const character = text[at] as string;
		const next = text[at + 1];
		if (character === "\\") {
			if (next !== "\n") add(next ?? "");
			at += 2;
		} else if (character === "'") add(until("'", at + 1));
		else if (character === '"') {
			at += 1;
			add("");
			while (text[at] !== '"') {
				if (at >= text.length) throw new Error('no " at the end');
				if (text.startsWith("$(", at)) {
					nested(at + 2);
					add("$(…)");
				} else if (text[at] === "\\" && '"\\$`\n'.includes(text[at + 1] ?? " ")) {
					if (text[at + 1] !== "\n") add(text[at + 1] as string);
					at += 2;
				} else add(text[at++] as string);
			}
			at += 1;
		} else if (text.startsWith("$(", at)) {
			nested(at + 2);
			add("$(…)");
		} else if (text.startsWith("<(", at)) {
			nested(at + 2);
			add("<(…)");
		} else if (character === "#" && word === null) {
			while (at < text.length && text[at] !== "\n") at += 1;
		} else if (character === "\n" || character === ";") {
			endCommand();
			at += 1;
		} else if (character === "|" || character === "&") {
			endCommand();
			at += next === character ? 2 : 1;
		} else if (character === " " || character === "\t") {
			endWord();
			at += 1;
		} else if (character === ">" || character === "<") {
			// The number of a file descriptor belongs to the redirection.
			if (word !== null && !/^\d$/u.test(word)) endWord();
			word = null;
			words.push(character);
			at += next === character ? 2 : 1;
		} else {
			add(character);
			at += 1;
		}
	}
	endCommand();
	return commands;
}

function withoutRedirections(words: readonly string[]): readonly string[] {
	return words.filter((word, index) => !isRedirection(word) && !isRedirection(words[index - 1]));
}

function isRedirection(word: string | undefined): boolean {
	return word === ">" || word === "<";
}

function withoutAssignments(words: readonly string[]): string[] {
	const first = words.findIndex((word) => !/^[A-Za-z_]\w*=/u.test(word));
	return first === -1 ? [] : words.slice(first);
}
