/** What can finish a name or an emoji: a list above the field, which keeps the focus. */

import { t } from "../lib/text";
import type { Offers } from "../hooks/useCalling";
import { Avatar } from "./Avatar";

/** Nothing while nothing is offered; how many there are is said aloud. */
export function OfferList({ offers }: { offers: Offers }) {
  const { list, box, kind, take } = offers;
  return (
    <>
      <span class="vh" role="status">
        {list.length > 0 && t("write.offers", { n: list.length })}
      </span>
      {list.length > 0 && (
        <ul class="offers" role="listbox" id={box.listId} aria-label={t(kind === "name" ? "write.people" : "emoji.title")}>
          {list.map((offer, at) => (
            <li
              key={offer.key}
              id={box.optionId(at)}
              role="option"
              aria-selected={at === box.active}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => take(at)}
            >
              {offer.face && <Avatar {...offer.face} />}
              {offer.glyph && <span class="offer-glyph">{offer.glyph}</span>}
              {!offer.face && !offer.glyph && <span class="offer-glyph at">@</span>}
              <span class="offer-words" dir="auto">{offer.words}</span>
              <bdi>{offer.hint}</bdi>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
