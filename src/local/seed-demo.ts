import { DEMO_TENANT, demoPolicy, type OwnServer } from "./demo-records.ts";

/** Makes an operator of whoever sends it to the local admin API; it guards nothing. */
export const LOCAL_OPERATOR_KEY = "cascade-local-operator";

/**
 * Makes the demo tenant, its origins and its policy, as an operator would: by the admin API of the running Worker. So
 * the demo's policy has a history, and the command line works on it.
 */
export async function seedDemo(input: {
	/** Of the Worker, without a slash at the end. */
	readonly url: string;
	/** Of the local origin, with `/v1`. */
	readonly originUrl: string;
	readonly ownServer: OwnServer | undefined;
	/** In place of the demo's own cascades. */
	readonly policy?: Record<string, unknown>;
	/** Addresses of further origins, by name. */
	readonly origins?: Readonly<Record<string, string>>;
}): Promise<void> {
	const { url, originUrl, ownServer, policy = demoPolicy(ownServer), origins = {} } = input;
	const send = async (method: string, path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) => {
		const response = await fetch(`${url}/admin/v1${path}`, {
			method,
			headers: { authorization: `Bearer ${LOCAL_OPERATOR_KEY}`, "content-type": "application/json", ...headers },
			body: JSON.stringify(body),
		});
		const text = await response.text();
		if (!response.ok)
			throw new Error(`the demo could not be made: ${method} ${path} answered ${response.status} ${text}`);
	};
	for (const [name, baseUrl] of Object.entries({ local: originUrl, ...origins }))
		await send("PUT", `/origins/${name}`, { baseUrl, secret: "ORIGIN_LOCAL_KEY" });
	if (ownServer !== undefined) await send("PUT", "/origins/own", { baseUrl: ownServer.baseUrl });
	await send("POST", "/tenants", { tenant: DEMO_TENANT, name: "Demo" });
	await send("PUT", `/tenants/${DEMO_TENANT}/policy`, policy, { "if-none-match": "*" });
}
