/** Microsoft Graph's reads of what the azuread provider made. https://learn.microsoft.com/graph/api/overview */
import type { Route } from "../behaviour";

export const graphRoutes: readonly Route[] = [];
