import { Switch, Tooltip } from '@mantine/core';
import { useId } from 'react';
import './switch-row.css';

interface Props {
  label: string;
  help?: string;
  checked: boolean;
  onChange: (on: boolean) => void;
  /** Why it cannot be switched now. */
  reason?: string | undefined;
  error?: string | undefined;
}

/** A choice of yes or no: words at the left, the switch at the right. */
export function SwitchRow({ label, help, checked, onChange, reason, error }: Props) {
  const id = useId();
  const field = (
    <Switch
      id={id}
      aria-describedby={help ? `${id}-help` : undefined}
      aria-disabled={reason ? true : undefined}
      checked={checked}
      onChange={(event) => (reason ? event.preventDefault() : onChange(event.currentTarget.checked))}
    />
  );
  return (
    <div className={`swrow${reason ? ' off' : ''}`}>
      <div className="grow">
        <label htmlFor={id} className="med x13">
          {label}
        </label>
        {help && (
          <p id={`${id}-help`} className="mut x12">
            {help}
          </p>
        )}
        {error && <p className="help err">{error}</p>}
      </div>
      {reason ? (
        <Tooltip label={reason} multiline maw={280}>
          <span>{field}</span>
        </Tooltip>
      ) : (
        field
      )}
    </div>
  );
}
