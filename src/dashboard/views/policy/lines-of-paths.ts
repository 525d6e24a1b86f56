/** A value's place: what a scan of the text is inside of. */
interface Level {
	readonly path: string;
	readonly isList: boolean;
	/** Of the entry that comes next. */
	index: number;
	key: string | null;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gu;

/**
 * At which line, from 1, the value of each path of a JSON text stands, its key's where it has one; paths are written as a
 * policy's problems name them: `cascades.chat.stages[0].threshold`, the whole is `policy`. Of text that is no JSON, whatever
 * could be made of it.
 */
export function linesOfPaths(text: string): ReadonlyMap<string, number> {
	const lines = new Map<string, number>([["policy", 1]]);
	const levels: Level[] = [];
	let line = 1;
	let seen = 0;
	for (const { 0: token, index } of text.matchAll(TOKEN)) {
		for (; seen < index; seen++) if (text[seen] === "\n") line++;
		const level = levels.at(-1);
		if (token === "}" || token === "]") levels.pop();
		else if (token === "," && level !== undefined) {
			level.key = null;
			level.index += 1;
		} else if (level !== undefined && !level.isList && level.key === null && token.startsWith('"')) {
			level.key = keyOf(token);
			lines.set(pathIn(level), line);
		} else if (token !== ":" && token !== ",") {
			const path = level === undefined ? "" : pathIn(level);
			if (path !== "" && !lines.has(path)) lines.set(path, line);
			if (token === "{" || token === "[") levels.push({ path, isList: token === "[", index: 0, key: null });
		}
	}
	return lines;
}

/** The line of a path, or of the nearest part around it that is there, as of a field that is missing. */
export function lineOfPath(lines: ReadonlyMap<string, number>, path: string): number {
	for (
		let around = path;
		around !== "";
		around = around.slice(0, Math.max(0, ...[".", "["].map((end) => around.lastIndexOf(end))))
	) {
		const line = lines.get(around);
		if (line !== undefined) return line;
	}
	return 1;
}

function pathIn({ path, isList, index, key }: Level): string {
	if (isList) return `${path}[${index}]`;
	return path === "" ? String(key) : `${path}.${key}`;
}

function keyOf(token: string): string {
	try {
		return JSON.parse(token) as string;
	} catch {
		return token.slice(1, -1);
	}
}
