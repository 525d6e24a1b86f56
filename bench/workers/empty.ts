/** Answers and does nothing: what the runtime itself takes to start. */
export default {
	fetch(): Response {
		return new Response("{}");
	},
};
