/** Where a route is: its path may end with a name in place of its last segment, such as `/v1/models/:id`. */
interface RoutePath {
	readonly path: string;
}

/** The route of an address, and what stands there for the name that its path ends with. */
export interface FoundRoute<Route extends RoutePath> {
	readonly route: Route;
	readonly name: string | undefined;
	/** Decoded, once, where that can be done; undefined where the path ends with no name. */
	readonly value: string | undefined;
}

/**
 * Finds routes by their paths, byte for byte as addresses have them: no slash is added or taken away, nothing is decoded but a
 * named segment's value, and that one is neither empty nor more than one segment.
 */
export function createRouteFinder<Route extends RoutePath>(
	routes: readonly Route[],
): (path: string) => FoundRoute<Route> | undefined {
	const fixed = new Map<string, FoundRoute<Route>>();
	const named = new Map<string, Route>();
	for (const route of routes) {
		const [before = "", name] = route.path.split(":");
		if (name === undefined) fixed.set(route.path, { route, name, value: undefined });
		else named.set(before, route);
	}
	return (path) => {
		const found = fixed.get(path);
		if (found !== undefined) return found;
		const end = path.lastIndexOf("/") + 1;
		const route = named.get(path.slice(0, end));
		if (route === undefined || end === path.length) return undefined;
		return { route, name: route.path.split(":")[1], value: decoded(path.slice(end)) };
	};
}

/** The path of an absolute address, as it is written there. */
export function pathOf(url: string): string {
	const start = url.indexOf("/", url.indexOf("://") + 3);
	const [query, fragment] = [url.indexOf("?", start), url.indexOf("#", start)];
	const ends = [query, fragment].filter((end) => end !== -1);
	return url.slice(start, ends.length === 0 ? undefined : Math.min(...ends));
}

function decoded(segment: string): string {
	try {
		return decodeURIComponent(segment);
	} catch {
		return segment;
	}
}
