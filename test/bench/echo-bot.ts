import { ActivityHandler, CloudAdapter, ConfigurationBotFrameworkAuthentication } from "botbuilder";
import restify from "restify";

// The yardstick: what a message costs with the same SDK and server when the bot does nothing but repeat it.
const adapter = new CloudAdapter(new ConfigurationBotFrameworkAuthentication({}));
const bot = new ActivityHandler();
bot.onMessage(async (context, next) => {
  await context.sendActivity(`echo: ${context.activity.text}`);
  await next();
});
const server = restify.createServer();
server.use(restify.plugins.bodyParser());
server.post("/api/messages", async (req: restify.Request, res: restify.Response) => {
  await adapter.process(req as never, res as never, (context) => bot.run(context));
});
server.get("/readyz", async (_req: restify.Request, res: restify.Response) => {
  res.send(200, { status: "ready" });
});
server.listen(Number(process.env.PORT), "127.0.0.1");
