/** A sentence about how something went. */

import { Icon } from "./Icon";

/** Says an error at once to every reader; nothing while there is none. */
export function ErrorNote({ text }: { text: string | null }) {
  return (
    <div role="alert">
      {text && (
        <p class="error">
          <Icon name="alert" small />
          {text}
        </p>
      )}
    </div>
  );
}
