import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** What a directory's databases take on disk, with their logs. */
export interface Stored {
	readonly databases: number;
	readonly mb: number;
}

/** Counts SQLite files; one that is deleted meanwhile is none. */
export async function storedIn(directory: string): Promise<Stored> {
	const files = await readdir(directory, { recursive: true, withFileTypes: true });
	const databases = files.filter((file) => file.isFile() && /\.sqlite(?:-wal)?$/u.test(file.name));
	const sizes = await Promise.all(
		databases.map(async ({ parentPath, name }) => (await stat(join(parentPath, name)).catch(() => null))?.size ?? 0),
	);
	return {
		databases: databases.filter(({ name }) => name.endsWith(".sqlite")).length,
		mb: sizes.reduce((sum, size) => sum + size, 0) / 1024 ** 2,
	};
}
