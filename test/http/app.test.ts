import { describe, expect, it } from "vitest";
import { createApp, HEALTH_PATH, ROUTES } from "../../src/http/app.ts";

/** The product's routes, of which none gets as far as its ports. */
function withoutPorts(thrown: unknown = new TypeError("the secret prompt")) {
	const faults: Readonly<Record<string, string>>[] = [];
	const app = createApp<object>(
		() => {
			throw thrown;
		},
		(fault, facts) => void faults.push({ fault, ...facts }),
	);
	const send = async (method: string, path: string) =>
		app.fetch(new Request(`https://edge.example${path}`, { method }), {});
	return { send, faults };
}

const codeOf = async (response: Response) => ((await response.json()) as { error: { code: string } }).error.code;

describe("the routes for inference", () => {
	it.each(ROUTES)("refuse what is not $method $path, and say what is", async ({ method, path }) => {
		const { send, faults } = withoutPorts();
		for (const other of ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].filter((each) => each !== method)) {
			const response = await send(other, path.replace(":id", "mail"));
			expect([response.status, response.headers.get("allow")]).toEqual([405, method]);
			expect(await codeOf(response)).toBe("method_not_allowed");
		}
		expect(faults).toEqual([]);
	});

	it("answer HEAD as GET, without its body", async () => {
		const { send } = withoutPorts();
		const health = await send("HEAD", HEALTH_PATH);
		expect([health.status, health.headers.get("content-type"), await health.text()]).toEqual([
			200,
			"application/json",
			"",
		]);
		expect((await send("HEAD", "/v1/chat/completions")).status).toBe(405);
		expect((await send("HEAD", "/v1/nothing")).status).toBe(404);
	});

	it("know no other path and no other method, and say where chat requests go", async () => {
		const { send } = withoutPorts();
		for (const [method, path] of [
			["GET", "/"],
			["POST", HEALTH_PATH],
			["PROPFIND", "/v1/chat/completions"],
			["POST", "/v1/chat/completions/"],
			["GET", "/v1/chat/completions/"],
			["GET", `${HEALTH_PATH}/`],
			["GET", "/v1/models/"],
			["GET", "/v1/models/a/b"],
		] as const) {
			const response = await send(method, `${path}?api_key=secret`);
			expect(response.status, path).toBe(404);
			const text = await response.text();
			expect(text).toContain(`There is no ${method} ${path} here; chat requests go to POST /v1/chat/completions.`);
			expect(text).not.toContain("secret");
		}
	});

	it.each([
		["an error", new TypeError("the secret prompt"), "TypeError"],
		["something that is no error", "the secret prompt", "Error"],
	])("answer 500 where %s is thrown, which the log is told of without its text", async (_what, thrown, name) => {
		const { send, faults } = withoutPorts(thrown);
		const response = await send("POST", "/v1/chat/completions");
		const requestId = response.headers.get("x-request-id");
		const text = await response.text();
		expect(response.status).toBe(500);
		expect(text).toContain(`quote ${requestId}`);
		expect(faults).toEqual([{ fault: "unexpected-error", requestId, error: name, what: expect.any(String) }]);
		expect(text + JSON.stringify(faults)).not.toContain("secret prompt");
	});
});
