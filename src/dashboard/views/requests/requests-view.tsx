import { RequestsIcon } from "../../parts/icons.tsx";
import type { View, ViewProps } from "../view.ts";
import { RequestList } from "./request-list.tsx";
import { RequestPage } from "./request-page.tsx";

/** The recent requests, and one of them as it went. */
export const requestsView: View = {
	name: "requests",
	title: "Requests",
	about: "The last 200 requests of the day, without their words: what was decided, why, and what it took.",
	icon: RequestsIcon,
	needsCascade: true,
	Component: Requests,
};

/** `#/tenant/cascade/requests` is the list, `…/requests/ID` one request, `?item=` a text of a batch. */
function Requests(props: ViewProps) {
	const [requestId] = props.route.rest;
	return requestId === undefined ? <RequestList {...props} /> : <RequestPage {...props} requestId={requestId} />;
}
