// The subscription of a Relay application, from which relay-compiler makes an artifact and an entry of the map of trusted documents.
import { graphql } from 'relay-runtime';

graphql`
  subscription LivePostsSubscription($after: Cursor) {
    postPublished(after: $after) {
      post {
        title
        author {
          name
        }
      }
    }
  }
`;
