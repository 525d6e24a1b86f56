import { env } from "cloudflare:workers";
import { listDurableObjectIds, runInDurableObject } from "cloudflare:test";

/** Every row of every table of every Durable Object, whatever bindings there are. */
export async function storedRows(): Promise<readonly string[]> {
	const namespaces = Object.entries(env as unknown as Record<string, unknown>).filter(
		(entry): entry is [string, DurableObjectNamespace] =>
			Object.prototype.toString.call(entry[1]) === "[object DurableObjectNamespace]",
	);
	const rows: string[] = [];
	for (const [name, namespace] of namespaces) {
		for (const id of await listDurableObjectIds(namespace)) {
			const tables = await runInDurableObject(namespace.get(id), async (_instance, { storage }) => {
				const names = storage.sql
					.exec<{ name: string }>(
						"SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'",
					)
					.toArray();
				const ofTables = names.flatMap((table) =>
					storage.sql
						.exec(`SELECT * FROM "${table.name}"`)
						.toArray()
						.map((row) => `${table.name} ${JSON.stringify(row)}`),
				);
				const values = [...(await storage.list())].map((entry) => JSON.stringify(entry));
				return [...ofTables, ...values];
			});
			rows.push(...tables.map((row) => `${name} ${row}`));
		}
	}
	return rows;
}

/** Every record of KV, with its name. */
export async function publishedRecords(): Promise<readonly string[]> {
	const { keys: names } = await env.CONFIG.list();
	return Promise.all(names.map(async ({ name }) => `${name} ${await env.CONFIG.get(name)}`));
}
