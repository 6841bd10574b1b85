CREATE TABLE activity (
    day date NOT NULL,
    event text NOT NULL,
    count bigint NOT NULL,
    PRIMARY KEY (day, event)
);
