/** A queue that takes everything and keeps nothing, by the protocol in which the runtime asks one: `POST /message`. */
export default {
	async fetch(request: Request): Promise<Response> {
		await request.arrayBuffer();
		return Response.json({ metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } });
	},
};
