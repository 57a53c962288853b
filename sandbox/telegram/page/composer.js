// Where a person writes: text, /commands as they type, the bot's name and a query, files, cards.

import { Refused, get, h, handIn, icon } from "./api.js";
import { brief } from "./text.js";

const QUIET_MS = 180;
const DHAKA = { latitude: 23.8103, longitude: 90.4125 };

export class Composer {
  constructor(phone) {
    this.phone = phone;
    this.reply = null;
    this.edited = null;
    this.typed = 0;
    this.keyboardShown = true;
    this.area = h("textarea", { rows: "1", placeholder: "Message", dir: "auto", "aria-label": "Message" });
    this.offers = h("div", { class: "offers", hidden: true });
    this.context = h("div", { class: "context", hidden: true });
    this.attachments = h("div", { class: "attachments", hidden: true });
    this.keys = h("div", { class: "below", hidden: true });
    this.menu = h("button", { class: "menu", type: "button", title: "Commands", onclick: () => this.listCommands("") }, icon("menu"), h("span", {}, "Menu"));
    this.toggle = h("button", { class: "round", type: "button", title: "Keyboard", hidden: true, onclick: () => this.flipKeyboard() }, icon("keys"));
    this.send = h("button", { class: "round send", type: "button", title: "Send", onclick: () => this.submit() }, icon("send"));
    const clip = h("button", { class: "round", type: "button", title: "Attach", onclick: () => this.offerAttachments() }, icon("clip"));
    this.element = h("footer", { class: "composer" }, this.offers, this.attachments, this.context,
      h("div", { class: "line" }, this.menu, this.area, this.toggle, clip, this.send), this.keys);
    this.area.addEventListener("input", () => this.input());
    this.area.addEventListener("keydown", (event) => this.key(event));
  }

  key(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "Escape") {
      this.clear();
    }
  }

  show(chat) {
    this.chat = chat;
    this.menu.hidden = chat.commands.length === 0;
    const rows = chat.keyboard?.keyboard;
    this.toggle.hidden = !rows;
    this.keys.hidden = !rows || !this.keyboardShown;
    this.area.placeholder = chat.keyboard?.input_field_placeholder || "Message";
    this.keys.replaceChildren(...(rows ?? []).map((row) => h("div", { class: "keys" }, row.map((button) => this.below(button)))));
    if (chat.keyboard?.force_reply && !this.reply) {
      this.answer(chat.messages.findLast((message) => message.from.is_bot));
    }
  }

  below(button) {
    const text = button.text ?? button;
    const press = () => {
      if (button.request_contact) this.phone.act("shares_contact");
      else if (button.request_location) this.phone.act("shares_location", DHAKA);
      else this.phone.act("says", { text });
    };
    return h("button", { class: `key ${button.style ?? ""}`, type: "button", onclick: press }, h("span", {}, text));
  }

  flipKeyboard() {
    this.keyboardShown = !this.keyboardShown;
    this.keys.hidden = !this.keyboardShown;
  }

  answer(message) {
    if (!message) return;
    this.reply = message;
    this.edited = null;
    this.tellContext("Reply", brief(message));
  }

  edit(message) {
    this.edited = message;
    this.reply = null;
    this.area.value = message.text;
    this.tellContext("Edit", brief(message));
  }

  tellContext(title, said) {
    this.context.hidden = false;
    this.context.replaceChildren(h("span", {}, h("b", {}, title), said),
      h("button", { class: "round", type: "button", title: "Cancel", onclick: () => this.clear() }, icon("close")));
    this.area.focus();
  }

  clear() {
    this.area.value = "";
    this.reply = null;
    this.edited = null;
    this.context.hidden = true;
    this.offers.hidden = true;
    this.attachments.hidden = true;
    this.grow();
  }

  grow() {
    this.area.style.height = "auto";
    this.area.style.height = `${Math.min(this.area.scrollHeight, 120)}px`;
  }

  async submit() {
    const text = this.area.value.trim();
    if (!text || this.inlineQuery() !== null) return;
    const { edited, reply } = this;
    this.clear();
    if (edited) await this.phone.act("rewrites", { message_id: edited.message_id, text });
    else await this.phone.act("says", { text, reply_to: reply?.message_id });
  }

  insert(text) {
    this.area.value = text;
    this.area.focus();
    this.input();
  }

  inlineQuery() {
    const start = `@${this.phone.town.bot.username} `;
    return this.area.value.startsWith(start) ? this.area.value.slice(start.length) : null;
  }

  input() {
    this.grow();
    const query = this.inlineQuery();
    if (query !== null) this.search(query);
    else if (/^\/\w*$/.test(this.area.value)) this.listCommands(this.area.value.slice(1));
    else this.offers.hidden = true;
  }

  listCommands(begin) {
    if (!begin && !this.area.value && !this.offers.hidden) {
      this.offers.hidden = true;
      return;
    }
    const fitting = (this.chat?.commands ?? []).filter((one) => one.command.startsWith(begin));
    this.offer(fitting.map((one) => this.row(`/${one.command}`, one.description, () => {
      this.clear();
      this.phone.act("says", { text: `/${one.command}` });
    })));
  }

  row(title, description, onclick) {
    return h("button", { class: "offer", type: "button", onclick }, h("b", {}, title), h("span", {}, description));
  }

  offer(rows) {
    this.offers.hidden = rows.length === 0;
    this.offers.replaceChildren(...rows);
  }

  // As one types: only the last of several questions is asked, and only its answer shown.
  async search(query) {
    this.typed += 1;
    const typed = this.typed;
    await new Promise((done) => { setTimeout(done, QUIET_MS); });
    if (typed !== this.typed) return;
    try {
      const asked = await this.phone.ask("types", { query });
      const { answer } = await get(`/people/${this.phone.person.id}/queries/${asked.query_id}`);
      if (typed === this.typed && this.inlineQuery() !== null) this.showResults(asked.query_id, answer);
    } catch (refused) {
      if (!(refused instanceof Refused)) throw refused;
      this.phone.toast(refused.message);
    }
  }

  showResults(queryId, answer) {
    const rows = (answer?.results ?? []).map((result) => this.row(result.title ?? result.type, result.description ?? "", () => {
      this.clear();
      this.phone.act("picks", { query_id: queryId, result_id: result.id });
    }));
    const { button } = answer ?? {};
    if (button) {
      rows.unshift(this.row(button.text, "", () => {
        this.clear();
        this.phone.startBot(button.start_parameter ?? "");
      }));
    }
    this.offer(rows.length ? rows : [h("p", { class: "none" }, answer ? "Nothing found" : "The bot did not answer")]);
  }

  offerAttachments() {
    this.attachments.hidden = !this.attachments.hidden;
    const pick = (kind, accept) => () => {
      const input = h("input", { type: "file", accept });
      input.addEventListener("change", () => this.sendFile(input.files[0], kind));
      input.click();
    };
    const deeds = [
      ["Photo", pick("photo", "image/*")],
      ["File", pick("document")],
      ["Contact", () => this.phone.act("shares_contact")],
      ["Location", () => this.phone.act("shares_location", DHAKA)],
    ];
    this.attachments.replaceChildren(...deeds.map(([title, deed]) => h("button", { type: "button", onclick: () => {
      this.attachments.hidden = true;
      deed();
    } }, title)));
  }

  async sendFile(file, kind) {
    if (!file) return;
    const caption = this.area.value.trim();
    this.clear();
    try {
      const kept = await handIn(file, kind);
      await this.phone.act("sends_file", { file_id: kept.file_id, kind, caption });
    } catch (refused) {
      if (!(refused instanceof Refused)) throw refused;
      this.phone.toast(refused.message);
    }
  }
}
