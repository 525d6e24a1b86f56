/**
 * A KV namespace of fixed records, by the protocol in which the runtime asks a namespace: `GET /<key>`. What is written to it is
 * thrown away. `POLICY`, where it is given, is that of every tenant that has no record of its own.
 */
export default {
	async fetch(
		request: Request,
		env: { readonly RECORDS: Readonly<Record<string, unknown>>; readonly POLICY?: unknown },
	): Promise<Response> {
		if (request.method !== "GET") {
			await request.arrayBuffer();
			return new Response(null, { status: 200 });
		}
		const key = decodeURIComponent(new URL(request.url).pathname.slice(1));
		if (Object.hasOwn(env.RECORDS, key)) return Response.json(env.RECORDS[key]);
		if (env.POLICY !== undefined && key.startsWith("tenant/") && key.endsWith("/policy"))
			return Response.json(env.POLICY);
		return new Response(null, { status: 404 });
	},
};
