import type { Result, Router } from "hono/router";
import { LinearRouter } from "hono/router/linear-router";

/**
 * Finds the route of a path that has no parameters in a map, and any other one after the other. Hono's `LinearRouter`
 * looks at every route of the app at each request, and its `RegExpRouter` makes one expression of them all at the first, which an
 * isolate's first answer waits five milliseconds for (`docs/performance.md`). A path is one route's or another's: what is in the
 * map is never asked of the routes with parameters, so a route for `*` is none for this router.
 */
export class ExactRouter<Handler> implements Router<Handler> {
	readonly name = "ExactRouter";
	readonly #exact = new Map<string, Result<Handler>>();
	readonly #others = new LinearRouter<Handler>();

	/** Adds a route. Of two with the same method and path the first one answers. */
	add(method: string, path: string, handler: Handler): void {
		if (/[:*]/u.test(path)) this.#others.add(method, path, handler);
		else if (!this.#exact.has(`${method} ${path}`)) this.#exact.set(`${method} ${path}`, [[[handler, {}]]]);
	}

	/** The one route of a method and a path; none for a path that a slash at its end, which `LinearRouter` passes over, makes another. */
	match(method: string, path: string): Result<Handler> {
		return this.#exact.get(`${method} ${path}`) ?? (path.endsWith("/") ? [[]] : this.#others.match(method, path));
	}
}
