/** Invocations of which every event is asked for: those by which the bench sees that there are traces. */
const LISTENED_TO = 50;
let invocations = 0;
let spans = 0;

/**
 * Takes the events of sampled requests, as an exporter of traces does, and keeps nothing but their number, which `GET /` tells.
 * After the first ones it asks for no more than the beginning of each: how traces travel is the platform's affair, and in production
 * they do not travel to a Worker in the same process. The Worker that is measured writes its spans all the same.
 */
export default {
	tailStream() {
		invocations++;
		if (invocations > LISTENED_TO) return undefined;
		return (event: { readonly event: { readonly type: string } }) => {
			if (event.event.type === "spanOpen") spans++;
		};
	},
	fetch(): Response {
		return new Response(String(spans));
	},
};
