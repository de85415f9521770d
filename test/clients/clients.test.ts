import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { azureDevOps } from "../../clients/azureDevOps";
import { Unreadable } from "../../clients/client";
import { gitHub } from "../../clients/github";
import { microsoft } from "../../clients/microsoft";
import { signedInBy } from "../../clients/signedIn";

/** What the API answers to one path: a status and a body; `next` is where its next page is, `token` names it. */
const answers: Record<string, { status: number; body: unknown; next?: string; token?: string }> = {};
let server: Server;
let address: string;
const token = () => Promise.resolve("secret-token");

beforeEach(async () => {
  for (const path of Object.keys(answers)) delete answers[path];
  server = createServer(({ url = "" }, response) => {
    const path = decodeURIComponent(url).replace(/[?&]per_page=100/, "");
    const { status, body, next, token } = answers[path] ?? { status: 404, body: { message: "Not Found" } };
    const link = next === undefined ? {} : { link: `<${address}${next}>; rel="next"` };
    const more = token === undefined ? {} : { "x-ms-continuationtoken": token };
    response.writeHead(status, { "content-type": "application/json", ...link, ...more }).end(JSON.stringify(body));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

describe("a client of Microsoft's", () => {
  test("tells what stands, and what does not", async () => {
    answers["/a"] = { status: 200, body: { name: "a" } };
    expect(await microsoft(address, token).get("/a")).toEqual({ name: "a" });
    expect(await microsoft(address, token).get("/b")).toBe("missing");
    expect(await microsoft(address, token).list("/b")).toBe("missing");
  });

  test("reads every page", async () => {
    answers["/all"] = { status: 200, body: { value: [1, 2], nextLink: `${address}/all/2` } };
    answers["/all/2"] = { status: 200, body: { value: [3], "@odata.nextLink": `${address}/all/3` } };
    answers["/all/3"] = { status: 200, body: { value: [4] } };
    expect(await microsoft(address, token).list("/all")).toEqual([1, 2, 3, 4]);
  });

  test("does not take a part of a list for all of it", async () => {
    answers["/all"] = { status: 200, body: { value: [1], nextLink: `${address}/gone` } };
    await expect(microsoft(address, token).list("/all")).rejects.toThrow(Unreadable);
    answers["/all"] = { status: 200, body: { value: [1], nextLink: "https://elsewhere.example/2" } };
    await expect(microsoft(address, token).list("/all")).rejects.toThrow(Unreadable);
  });

  test("says what Azure says when it may not look", async () => {
    answers["/a?api-version=1"] = {
      status: 403,
      body: { error: { code: "AuthorizationFailed", message: "no right" } },
    };
    await expect(microsoft(address, token).get("/a?api-version=1")).rejects.toThrow(
      "/a: HTTP 403, AuthorizationFailed",
    );
  });

  test("says that nobody is signed in, and never the token", async () => {
    const out = microsoft(address, () => Promise.reject(new Error("no account\nstack")));
    await expect(out.get("/a")).rejects.toThrow("not signed in: az login (no account)");
    answers["/a"] = { status: 403, body: {} };
    const text = await microsoft(address, token)
      .get("/a")
      .catch((error: unknown) => String(error));
    expect(text).not.toContain("secret-token");
  });
});

describe("a client of Azure DevOps", () => {
  const client = () => azureDevOps(address, () => Promise.resolve("Bearer secret-token"));

  test("tells what stands, and what does not", async () => {
    answers["/p/_apis/git/repositories/a"] = { status: 200, body: { name: "a" } };
    expect(await client().get("/p/_apis/git/repositories/a")).toEqual({ name: "a" });
    expect(await client().get("/p/_apis/git/repositories/b")).toBe("missing");
    expect(await client().list("/p/_apis/b")).toBe("missing");
  });

  test("reads every page", async () => {
    answers["/_apis/projects?api-version=7.1"] = { status: 200, body: { value: [1, 2] }, token: "a b" };
    answers["/_apis/projects?api-version=7.1&continuationToken=a b"] = { status: 200, body: { value: [3] } };
    expect(await client().list("/_apis/projects?api-version=7.1")).toEqual([1, 2, 3]);
  });

  test("does not take a part of a list for all of it", async () => {
    answers["/_apis/projects"] = { status: 200, body: { value: [1] }, token: "lost" };
    await expect(client().list("/_apis/projects")).rejects.toThrow("a lost page");
  });

  test("does not take the page to sign in for an answer", async () => {
    answers["/_apis/projects"] = { status: 203, body: "<html>Sign in</html>" };
    await expect(client().list("/_apis/projects")).rejects.toThrow("HTTP 401, Azure DevOps does not take this sign-in");
  });

  test("says what Azure DevOps says when it may not look, and never the token", async () => {
    answers["/_apis/projects"] = { status: 403, body: { message: "TF400813: not authorized" } };
    const text = await client()
      .list("/_apis/projects")
      .catch((error: unknown) => String(error));
    expect(text).toContain("/_apis/projects: HTTP 403, TF400813: not authorized");
    expect(text).not.toContain("secret-token");
  });
});

describe("a client of GitHub's", () => {
  test("tells what stands, what does not, and every page", async () => {
    answers["/repos/o/r"] = { status: 200, body: { name: "r" } };
    answers["/orgs/o/teams"] = { status: 200, body: [{ slug: "a" }], next: "/orgs/o/teams?page=2" };
    answers["/orgs/o/teams?page=2"] = { status: 200, body: [{ slug: "b" }] };
    const client = gitHub(address, "token");
    expect(await client.get("/repos/o/r")).toEqual({ name: "r" });
    expect(await client.get("/repos/o/s")).toBe("missing");
    expect(await client.list("/orgs/o/teams")).toEqual([{ slug: "a" }, { slug: "b" }]);
  });

  test("does not take what it may not see for missing", async () => {
    answers["/repos/o/r"] = { status: 403, body: { message: "Resource not accessible by integration" } };
    await expect(gitHub(address, "token").get("/repos/o/r")).rejects.toThrow("Resource not accessible by integration");
    await expect(gitHub(address, undefined).get("/repos/o/r")).rejects.toThrow("there is no GITHUB_TOKEN");
  });
});

describe("who is signed in", () => {
  const token = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.signature`;

  test("a pipeline or a managed identity is a service principal", () => {
    const pipeline = { kind: "ServicePrincipal", objectId: "o", name: "c" };
    expect(signedInBy(token({ oid: "o", appid: "c", idtyp: "app" }))).toEqual(pipeline);
    expect(signedInBy(token({ oid: "o", appid: "c" }))).toEqual(pipeline);
  });

  test("a person is one, by whatever application", () => {
    const person = { oid: "o", appid: "04b07795-8ddb-461a-bbee-02f9e1bf7b46", scp: "user_impersonation" };
    expect(signedInBy(token({ ...person, upn: "a@x.example" }))).toEqual({
      kind: "User",
      objectId: "o",
      name: "a@x.example",
    });
    expect(signedInBy(token({ ...person, idtyp: "user", unique_name: "b" }))).toMatchObject({
      kind: "User",
      name: "b",
    });
  });

  test("nobody can be told by a token that says nothing", () => {
    for (const text of ["", "local", "a.b.c", token({ appid: "c" })])
      expect(() => signedInBy(text)).toThrow(Unreadable);
    expect(() => signedInBy("secret-token")).not.toThrow("secret-token");
  });
});
