import { Hono } from "hono";

interface Environment {
	readonly Bindings: { readonly ORIGIN_URL: string };
}

/** The least that a gateway which looks at what passes can do: a route, the request as JSON, one call, the answer as JSON. */
const app = new Hono<Environment>();

app.post("/v1/chat/completions", async (context) => {
	const request: { readonly model: string; readonly stream?: boolean } = await context.req.json();
	const response = await fetch(`${context.env.ORIGIN_URL}/chat/completions`, {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: JSON.stringify({ ...request, model: "large" }),
	});
	if (request.stream === true) return new Response(response.body, response);
	const answer = (await response.json()) as object;
	return context.json({ ...answer, model: request.model });
});

export default app;
