import { RequestsIcon } from "../../parts/icons.tsx";
import type { View } from "../view.ts";

export const requestsView: View = {
	name: "requests",
	title: "Requests",
	about: "",
	icon: RequestsIcon,
	needsCascade: true,
	Component: () => <p />,
};
