/** A KV namespace that only reads, by the protocol in which the runtime asks a namespace: `GET /<key>`. */
export default {
	fetch(request: Request, env: { readonly RECORDS: Readonly<Record<string, unknown>> }): Response {
		const key = decodeURIComponent(new URL(request.url).pathname.slice(1));
		return Object.hasOwn(env.RECORDS, key) ? Response.json(env.RECORDS[key]) : new Response(null, { status: 404 });
	},
};
