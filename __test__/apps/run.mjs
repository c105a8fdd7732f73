/** Runs one application (`APPLICATION`) with one package (`LIBRARY`), and prints what it gives as JSON. `CONNECTION` is the endpoint's. */
const { APPLICATION, LIBRARY, CONNECTION, SETTINGS } = process.env;
const { default: run } = await import(`./${APPLICATION}.mjs`);
const { region, credentials, endpointUrl } = JSON.parse(CONNECTION);
const result = await run(await import(LIBRARY), { region, credentials, endpoint: endpointUrl, ...JSON.parse(SETTINGS) });
console.log(JSON.stringify(result));
