import { useEffect, useState } from "preact/hooks";
import { parseRoute, type Route } from "./route.ts";

/** The current route; changes with the address. */
export function useRoute(): Route {
	const [route, setRoute] = useState(() => parseRoute(location.hash));
	useEffect(() => {
		const read = () => setRoute(parseRoute(location.hash));
		addEventListener("hashchange", read);
		return () => removeEventListener("hashchange", read);
	}, []);
	return route;
}

/** Goes there without a new entry in the history: for a choice that was made for the user, and for filters. */
export function replaceRoute(hash: string): void {
	history.replaceState(null, "", hash);
	dispatchEvent(new HashChangeEvent("hashchange"));
}
